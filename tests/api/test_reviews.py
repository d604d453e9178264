"""ClaimReview: what fact checkers publish comes in, and what there is no place for is told"""
import json
import subprocess

import pytest

from desk import Client, create_token, problem
from service import BINARY, environment

REVIEW = {
    "@context": "https://schema.org", "@type": "ClaimReview", "url": "https://check.example/reviews/2025/cost", "datePublished": "2025-02-03T10:00:00Z",
    "inLanguage": "en", "headline": "Did it cost that much?", "claimReviewed": "The model cost 6 million dollars to train.",
    "author": {"@type": "Organization", "name": "The Checking Desk", "url": "https://check.example"},
    "itemReviewed": {"@type": "Claim", "author": {"@type": "Person", "name": "A. Speaker"}, "datePublished": "2025-01-27",
                     "firstAppearance": {"@type": "NewsArticle", "url": "https://daily.example/cost", "headline": "Cheap", "inLanguage": "en",
                                         "datePublished": "2025-01-28", "publisher": {"@type": "Organization", "name": "The Daily"}},
                     "appearance": ["https://daily.example/cost-again"]},
    "reviewRating": {"@type": "Rating", "ratingValue": "1", "worstRating": "1", "bestRating": "5", "alternateName": "False – ‘cheap’"},
}
PLAIN = {"@type": ["Review", "ClaimReview"], "url": "https://check.example/plain", "claimReviewed": "It is there.", "author": "Somebody",
         "itemReviewed": {"@type": "Claim"}, "reviewRating": {"ratingValue": 5, "worstRating": 1, "bestRating": 5}}


@pytest.fixture(scope="module")
def desk(url, desk):
    desk.token = create_token(url, "reviewer", "admin")
    return desk


def post(desk, document, **query):
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return desk.send("POST", "/v1/import", body, {"Content-Type": "application/ld+json; charset=utf-8"}, **query)


def claims(desk, url):
    source = desk.get("/v1/sources", url=url).json()["items"][0]
    return source, desk.get("/v1/claims", source=source["id"]).json()["items"]


def test_a_review_brings_both_claims_of_one_proposition(desk):
    told = post(desk, REVIEW).json()
    assert told["refused"] == 0 and told["problems"] == [] and told["created"] == told["lines"], told
    review, [reviewed] = claims(desk, REVIEW["url"])
    assert (review["title"], review["language"], review["published_at"], review["publisher"]["name"]) == (
        "Did it cost that much?", "en", "2025-02-03", "The Checking Desk")
    paper, [printed] = claims(desk, "https://daily.example/cost")
    assert (paper["kind"], paper["title"], paper["publisher"]["name"], paper["published_at"]) == ("article", "Cheap", "The Daily", "2025-01-28")
    assert (reviewed["stance"], printed["stance"]) == ("disputes", "reports")
    assert reviewed["proposition"]["id"] == printed["proposition"]["id"]
    for claim in (reviewed, printed):
        assert claim["statement"] == REVIEW["claimReviewed"] and claim["claimant"]["name"] == "A. Speaker" and claim["kind"] == "statement"


def test_what_has_no_place_is_told(desk):
    left_out = post(desk, {**REVIEW, "image": "https://check.example/x.png"}, dry_run="true").json()["left_out"]
    assert {each["review"] for each in left_out} == {1}
    told = {each["pointer"]: each["detail"] for each in left_out}
    assert set(told) == {"/image", "/reviewRating", "/claimReviewed", "/itemReviewed"}
    assert "6 million dollars" in told["/claimReviewed"] and "False – ‘cheap’" in told["/reviewRating"] and "cost-again" in told["/itemReviewed"]


def test_of_very_much_that_has_no_place_the_last_says_that_there_is_more(desk):
    left_out = post(desk, {**REVIEW, **{f"x{number}": 1 for number in range(12000)}}, dry_run="true").json()["left_out"]
    assert len(left_out) == 10001 and left_out[-1]["detail"] == "There is more that has no place."


def test_of_several_texts_the_first_is_taken(desk):
    address = "https://check.example/several"
    told = post(desk, {**REVIEW, "url": [address, "https://check.example/other"], "claimReviewed": ["It is one.", "It is two."]})
    assert told.status_code == 200, told.text
    assert claims(desk, address)[1][0]["statement"] == "It is one."


def test_what_has_become_of_it_since_is_left_so(desk, url):
    address = "https://check.example/edited"
    post(desk, {**REVIEW, "url": address})
    claim = claims(desk, address)[1][0]["id"]
    desk.patch("claim", claim, {"locator": {"line": 7}, "subject": "desk-alpha", "hedge": "estimate"}, "*")
    edited, before = desk.get(f"/v1/claims/{claim}").json(), desk.last()
    told = post(desk, {**REVIEW, "url": address, "reviewRating": {"ratingValue": 5, "worstRating": 1, "bestRating": 5}}).json()
    assert told["unchanged"] == told["lines"] and desk.last() == before
    assert desk.get(f"/v1/claims/{claim}").json() == edited
    done = subprocess.run([BINARY, "import", "-", "--format", "claimreview"], env=environment(DATABASE_URL=url), input=json.dumps({**REVIEW, "url": address}).encode(),
                          capture_output=True, timeout=60, check=False)
    assert done.returncode == 0 and desk.get(f"/v1/claims/{claim}").json() == edited, done.stderr


def test_a_member_is_told_by_its_pointer_whatever_its_name(desk):
    names = ["a/b~c", "~1", "…" * 200, ""]
    left_out = post(desk, {**REVIEW, "itemReviewed": {**REVIEW["itemReviewed"], **dict.fromkeys(names, 1)}}, dry_run="true").json()["left_out"]
    told = [each["pointer"] for each in left_out]
    assert [pointer for pointer in told if pointer.startswith("/itemReviewed/")] == [
        "/itemReviewed/" + name.replace("~", "~0").replace("/", "~1") for name in names]


@pytest.mark.parametrize("date", ["漢字漢字漢字", "Tuesday", "2025-02-03 10:00", "2025-02", "2025-02-30T10:00:00Z"])
def test_a_date_that_is_none_is_refused(desk, date):
    assert problem(post(desk, {**REVIEW, "datePublished": date}), 422, "invalid-document")["errors"]


def test_the_same_again_changes_nothing(desk):
    post(desk, REVIEW)
    before = desk.last()
    told = post(desk, REVIEW).json()
    assert told["unchanged"] == told["lines"] and desk.last() == before


@pytest.mark.parametrize("rating, stance", [
    ({"ratingValue": 1, "worstRating": 1, "bestRating": 5}, "disputes"), ({"ratingValue": "5", "worstRating": "1", "bestRating": "5"}, "asserts"),
    ({"ratingValue": 3, "worstRating": 1, "bestRating": 5}, "reports"), ({"ratingValue": 1}, "reports"), ({"alternateName": "False"}, "reports"),
    ({"ratingValue": "low", "worstRating": "1", "bestRating": "5"}, "reports"), ({"ratingValue": 1, "worstRating": 1, "bestRating": 1}, "reports"), (None, "reports")])
def test_the_ends_of_a_scale_are_stances(desk, rating, stance):
    url = f"https://check.example/rated/{abs(hash(json.dumps(rating)))}"
    post(desk, {**PLAIN, "url": url, "reviewRating": rating})
    assert claims(desk, url)[1][0]["stance"] == stance


@pytest.mark.parametrize("form", [
    lambda review: review, lambda review: [review], lambda review: {"@context": "https://schema.org", "@graph": [{"@type": "WebPage"}, review]},
    lambda review: {"@type": "DataFeed", "dataFeedElement": [{"@type": "DataFeedItem", "item": [review]}]},
    lambda review: {"@type": "NewsArticle", "hasPart": {"review": review}}], ids=["alone", "array", "graph", "feed", "page"])
def test_reviews_are_found_wherever_they_stand(desk, form):
    told = post(desk, form({**PLAIN, "url": "https://check.example/found"}), dry_run="true").json()
    assert told["created"] + told["unchanged"] == told["lines"] == 4, told   # subject, agent, source, claim


def test_many_reviews_share_what_they_have_in_common(desk):
    reviews = [{**REVIEW, "url": f"https://check.example/many/{number}"} for number in range(50)]
    told = post(desk, reviews).json()
    assert told["refused"] == 0 and told["lines"] == 1 + 3 + 51 + 51, told   # one subject, three agents, one appearance


@pytest.mark.parametrize("missing", ["url", "claimReviewed"])
def test_without_its_address_or_claim_it_is_left_out(desk, missing):
    review = {name: value for name, value in REVIEW.items() if name != missing}
    told = post(desk, [review, PLAIN], dry_run="true").json()
    assert told["left_out"][0]["review"] == 1 and "nothing of this one" in told["left_out"][0]["detail"]
    assert told["lines"] == 4


@pytest.mark.parametrize("body, words", [(b"", "JSON"), (b"{", "JSON"), (b"[]", "no ClaimReview"), (b'{"@type": "Article"}', "no ClaimReview"), (b'{"a":1,"a":2}', "duplicate")])
def test_what_is_no_review_is_refused(desk, body, words):
    refused = problem(post(desk, body), 400, "invalid-body")
    assert words == "JSON" or words.lower() in refused["detail"].lower(), refused


@pytest.mark.parametrize("member, value", [("url", "ftp://x"), ("datePublished", "last week"), ("inLanguage", "English!"), ("claimReviewed", "x" * 100000),
                                           ("author", {"name": 5}), ("itemReviewed", [[]]), ("reviewRating", "false"), ("@type", ["ClaimReview", 5, None])])
def test_whatever_stands_in_a_member_is_answered(desk, member, value):
    answer = post(desk, {**REVIEW, member: value}, dry_run="true")
    assert answer.status_code in (200, 422), answer.text
    if answer.status_code == 422:
        assert all(error["errors"][0]["detail"] and error["kind"] for error in answer.json()["errors"] if "kind" in error)


def test_the_command_does_the_same(desk, url, tmp_path):
    path = tmp_path / "reviews.json"
    path.write_text(json.dumps([{**REVIEW, "url": "https://check.example/by-command"}]))
    done = subprocess.run([BINARY, "import", str(path), "--format", "claimreview"], env=environment(DATABASE_URL=url), capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "review 1: /claimReviewed: " in done.stderr and "6 million dollars" in done.stderr
    assert claims(desk, "https://check.example/by-command")[1][0]["stance"] == "disputes"
    wrong = subprocess.run([BINARY, "import", "-", "--format", "claimreview"], env=environment(DATABASE_URL=url), input=b"[]", capture_output=True, timeout=60, check=False)
    assert wrong.returncode == 1 and b"no ClaimReview" in wrong.stderr


def test_it_takes_an_admin_as_well(desk, url):
    problem(post(Client(desk.service, create_token(url, "review-writer")), REVIEW), 403, "forbidden")
