"""An address of each kind of page, by a name for it"""
PAGES = {
    "front": "/", "comparisons": "/comparisons", "comparison": "/comparisons/what-training-r1-cost",
    "multiple": "/comparisons/spending-against-claimed-training-cost", "several-subjects": "/comparisons/what-rivals-training-cost",
    "mostly-incomparable": "/comparisons/gpus-held-against-gpus-used", "single-figure": "/comparisons/what-the-market-lost",
    "claims": "/claims", "claim": "/claims/r1-under-300000-03-training-cost-294000", "statement": "/claims/affordability-myth-03-affordability-myth",
    "sources": "/sources", "source": "/sources/markets-misled-de", "cited-source": "/sources/deitaone-tweet",
    "search": "/search?q=training", "nothing-found": "/search?q=zzzz", "edit": "/edit",
}
LOST = {"unknown-path": "/nowhere", "unknown-claim": "/claims/none", "unknown-source": "/sources/none", "unknown-comparison": "/comparisons/none"}
