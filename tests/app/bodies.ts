/** Prints the documents that drafts make, to be held against the contract */
import { bodyOf, slug } from "../../web/app/edit/draft";
import { draft } from "./drafts";
import { throwing } from "./dice";

throwing((dice) => console.log(JSON.stringify(bodyOf(draft(dice), (_, text) => slug(text)))))();
