"""List services whose words try to become part of a page, and print their codes.

They go through moderation as any other, in a place where nothing else is listed. Usage: python -m
tests.browser.hostile LINK, an address that each of them links to.
"""

import sys
from typing import Any

import django

# Each tries to set a name on the window that a browser test looks for.
CORPUS = [
    "<script>window.canary=1</script>",
    "</title><script>window.canary=2</script>",
    '"><img src=x onerror=window.canary=3>',
    "' autofocus onfocus='window.canary=4",
    '" style="position:fixed;inset:0" onmouseover="window.canary=5',
    "<svg onload=window.canary=6><use href='data:,x'/></svg>",
    "<svg><script>window.canary=7</script></svg>",
    "<a href='javascript:window.canary=8'>press</a>",
    "javascript:window.canary=9",
    "<iframe srcdoc='<script>parent.canary=10</script>'></iframe>",
    "<math><mtext><style><img src=x onerror=window.canary=11></style></mtext></math>",
    "{{ 7|add:7 }}{% debug %}{% include 'web/home.html' %}",
    "${window.canary=12}`${window.canary=13}`",
    "&lt;script&gt;window.canary=14&lt;/script&gt;",
    "</bdi></a></li></ul></main><main id=stolen><base href=//evil.example/>",
    "<noscript><p title='</noscript><img src=x onerror=window.canary=15>'>",
    "<meta http-equiv=refresh content='0;url=javascript:window.canary=16'>",
    "--><script>window.canary=17</script><!--",
    "\\u003cscript>window.canary=18\\u003c/script>",
    "<xss id=x tabindex=1 onfocus=window.canary=19></xss>",
]
PLACE = ("Nairobi", "KE", -1.28, 36.82, "nairobi-ke")


def a_hostile_document(words: str, number: int, link: str) -> dict[str, Any]:
    """Return a service that says these words wherever words can be said."""
    from tests.conftest import SPOTS, a_document, an_id

    SPOTS["nairobi"] = PLACE
    document = a_document(f"{words} {number}", organization=f"{words} {number}", at=["nairobi"], yes=["id_free"])
    named = ("description", "application_process", "fees_description", "eligibility_description", "wait_time")
    document |= dict.fromkeys((*named, "interpretation_services"), words)
    document["organization"]["description"] = words
    document["languages"] = [{"code": "en", "note": words}]
    document["cost_options"] = [{"option": "sliding_scale", "amount_description": words}]
    word = {"basis": "organization", "stated_by": words, "stated_on": "2026-05-03"}
    document["brolly"]["costs"] = [{"option": "sliding_scale"} | word]
    location = document["service_at_locations"][0]["location"]
    location |= {"name": words, "transportation": words}
    location["addresses"][0] |= {"address_1": words, "address_2": words, "city": words[:100]}
    fact = document["brolly"]["facts"][0]
    fact |= {"stated_by": words, "limits": words}
    rows = {"phones": {"number": "0800 720 999", "type": "voice", "description": words}}
    rows["additional_urls"] = {"url": link, "label": words[:100]}
    checked = {"confirmed_by": words, "confirmed_on": "2026-05-03"}
    for (part, row), own in zip(rows.items(), ("phones", "links"), strict=True):
        row_id = an_id(words, number, part)
        document[part] = [row | {"id": row_id}]
        document["brolly"][own] = [checked | {"id": row_id}]
    document["brolly"]["phones"][0]["country"] = "KE"
    document["brolly"]["links"][0]["kind"] = "website"
    document["brolly"] |= {"discreet_name": words[:100], "assurer": words, "source": words}
    document["assured_date"] = "2026-05-03"
    return document


def main(link: str) -> None:
    django.setup()
    from tests.conftest import publish

    for number, words in enumerate(CORPUS):
        print(publish(a_hostile_document(words, number, link)).short_id)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1])
