// Shows the contract that this very service carries; the page's address decides where that is, behind a proxy too.
"use strict";

SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#contract",
  deepLinking: true,
  tryItOutEnabled: true,
  // No third party is told what is shown here.
  validatorUrl: null,
});
