"""The page that lies beside the data, for whoever is handed a bundle."""

from collections.abc import Mapping

from audit.analysis.bundling import layout

_TEXT = """\
{name}
{line}

This folder holds the evidence of matter {number} as it stood on {at}, for anyone
to check without the site that made it: no server, no database, no network.
{designation}
To check it

    python3 -m pip install numpy scipy faiss-cpu cryptography rfc3161-client
    python3 {verifier} . --key "{key}" --roots AUTHORITIES.pem

Do not take the key from this page: get it from the site by another way, as whoever
made the folder anew could have printed another here. AUTHORITIES.pem holds the root
certificates of the time-stamping authorities, which you get from these. Without
either the program runs too, and says which steps rest on the folder's own word.
Whoever made the folder anew could have put another program here too. With the
package touchstone-audit installed from elsewhere, "python -m audit.analysis verify ."
does the same with a program that did not come with the evidence.

The program ends with 0 if no step failed, with 1 if one did, and with 2 if the
folder cannot be read as a bundle. Read which steps were not checked, and why.
The digests alone can be checked by any program that reads BagIt (RFC 8493), and by

    sha256sum -c {manifest}

What is here

    data/exhibits/LABEL/     each file as it was received (native), what was read
                             from it (exchanges.jsonl, left-out.jsonl), and what its
                             party says it is (exhibit.json)
    data/findings/NUMBER/    the sealed plan and what came of it, whatever it was
    data/reports/NUMBER/     the issued report and its results.json
    data/filings/NUMBER/     each final filing: its papers, and what it says of itself
    data/watches/NUMBER/     each watch of a line of models: its plans, releases and
                             notices (watch.json, notices.jsonl); every run that its
                             schedule made by itself, in the ordinary course
                             (ordinary-course.jsonl), and apart from these every run
                             that a person asked for (as-asked.jsonl), failed and
                             skipped ones too
    data/captures/NUMBER/    what is said of the calls that a file of calls holds, its
                             time-stamps, and the calls where no exhibit is that file
    data/ledger/             every act in the matter, signed checkpoints, time-stamps
    data/vectors/            the vectors that the statistics were computed from
    data/statement.json      what was made from what, signed
    data/{index}  what the bundle says it holds

{counts}

What this does not show: that the transcripts are what their parties say, and that
whoever held the site's key was honest before the first time-stamp. Similarity shows
neither the direction of copying nor a breach of any term.
"""


_MARKED = """
Something in it is designated {}: handle the whole folder so.
"""


def readme(
    name: str, number: int, at: str, key: str, counts: Mapping[str, int], designation: str = ""
) -> str:
    """Return the page; the designation is the highest of what the folder holds."""
    title = f"Evidence bundle: {name}"
    return _TEXT.format(
        name=title,
        line="=" * len(title),
        number=number,
        at=at,
        designation=_MARKED.format(designation) if designation else "",
        key=key,
        verifier=layout.VERIFIER,
        manifest=layout.MANIFEST,
        index="bundle.json".ljust(18),
        counts="\n".join(
            f"    {many:>14,}  {what.replace('_', ' ')}" for what, many in counts.items()
        ),
    )
