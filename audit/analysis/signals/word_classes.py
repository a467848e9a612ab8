"""Coarse parts of speech of English words, by lists and endings, without regard to context.

A word of several classes is always given the same one, its most usual. That is enough for counts
of patterns, takes no time over many words, and needs no trained model.
"""

from enum import IntEnum


class WordClass(IntEnum):
    """Coarse classes: open ones, closed ones and marks."""

    NOUN = 0
    PLURAL = 1
    VERB = 2
    PAST = 3
    ING = 4
    ADJECTIVE = 5
    ADVERB = 6
    NUMBER = 7
    DETERMINER = 8
    PRONOUN = 9
    AUXILIARY = 10
    PREPOSITION = 11
    TO = 12
    CONJUNCTION = 13
    SUBORDINATOR = 14
    NEGATION = 15
    STOP = 16
    COMMA = 17
    COLON = 18
    QUOTE = 19
    BRACKET = 20


_LISTS = {
    WordClass.DETERMINER: """a an the this these those some any each every either neither no all
        both half another such my your his her its our their whose what which""",
    WordClass.PRONOUN: """i me mine myself we us ours ourselves you yours yourself yourselves he
        him himself she hers herself it itself they them theirs themselves one ones who whom
        somebody someone something anybody anyone anything nobody nothing everybody everyone
        everything there i'm i've i'd i'll you're you've you'd you'll we're we've we'd we'll
        they're they've they'd they'll he's she's it's that's there's here's what's who's""",
    WordClass.AUXILIARY: """be am is are was were been being have has had having do does did can
        could may might must shall should will would ought cannot""",
    WordClass.PREPOSITION: """about above across after against along among around as at before
        behind below beneath beside besides between beyond by despite down during except for from
        in inside into like near of off on onto out outside over past per regarding since through
        throughout toward towards under underneath until up upon via with within without""",
    WordClass.TO: "to",
    WordClass.CONJUNCTION: "and but or nor & plus",
    WordClass.SUBORDINATOR: """that if unless whether although though because while whereas when
        whenever where wherever why how than whatever whichever whoever""",
    WordClass.NEGATION: "not never",
    WordClass.ADVERB: """also too very quite rather just only even still already again always often
        sometimes perhaps maybe here now then thus therefore hence however moreover furthermore
        instead otherwise meanwhile nevertheless so yet once well more most less least almost
        away back ahead together today tomorrow yesterday soon later forward further far ago
        please yes twice indeed else enough yesterday everywhere somewhere anywhere overall""",
    WordClass.NUMBER: """two three four five six seven eight nine ten eleven twelve twenty thirty
        forty fifty hundred thousand million billion""",
    WordClass.VERB: """make makes take takes get gets give gives go goes come comes see sees know
        knows think thinks use find finds want wants tell tells ask asks seem seems feel feels try
        tries leave leaves call calls let let's keep keeps begin begins help helps show shows hear
        hears play run runs move live lives believe believes bring brings happen happens write
        writes provide provides sit stand lose pay meet meets include includes continue continues
        set sets learn learns lead leads understand understands watch follow follows create creates
        speak read allow allows add adds spend grow grows open walk win offer offers remember
        remembers love consider considers appear appears buy wait serve serves send expect build
        builds stay fall cut reach kill remain remains suggest suggests raise pass sell require
        requires decide pull become becomes mean means choose ensure ensures avoid avoids reduce
        reduces improve improves increase increases need needs start starts check consists depends
        involves explain describe identify determine determines apply applies contain
        contains prevent prevents support supports say says put puts turn turns hold holds enjoy
        cook stir pour remove mix heat bake""",
    WordClass.PAST: """said saw went got came made took gave knew thought found told felt left kept
        began brought wrote sat stood lost paid met ran led spoke spent grew won bought sent built
        fell became chose drew drove ate held given taken known seen done gone written shown
        used""",
    WordClass.ING: "using going doing having",
    WordClass.ADJECTIVE: """good new first last long great little own other old right big high
        different small large next early young important few public bad same able best better
        many much several low late hard easy clear free true full main short strong certain common
        similar single simple open sure whole real least rare rich poor safe deep wide warm cold
        hot fresh dry clean dark light heavy quick slow fair close local modern human healthy key
        worth proper various possible available necessary specific false happy sad nice fine fun
        likely unlikely friendly lovely daily second third higher lower larger smaller greater
        older easier stronger faster longer english american chinese french german""",
    WordClass.NOUN: """thing king ring spring string evening morning building meaning nothing
        ceiling wedding bed seed need speed feed reed weed hundred family july assembly animal
        material hospital goal meal signal deal proposal approval metal capital journal festival
        individual professional potential music topic traffic clinic logic fabric objective
        perspective initiative motive detective archive olive president student parent agent
        content event percent talent client accent patient restaurant plant accountant assistant
        status virus bus basis analysis crisis thesis process success access address business
        class glass mass stress focus bonus gas lens news series species climate date state rate
        plate debate candidate certificate chocolate template estate library salary summary
        dictionary secretary category history story size prize exercise surprise noise horse
        house course sense response base case purpose cause phrase vegetable table variable
        interest forest test guest contest time way year day life world work part place case""",
}
_MARKS = {
    **dict.fromkeys(".!?", WordClass.STOP),
    ",": WordClass.COMMA,
    **dict.fromkeys(":;", WordClass.COLON),
    **dict.fromkeys("\"'", WordClass.QUOTE),
    **dict.fromkeys("()", WordClass.BRACKET),
}
_KNOWN = {word: kind for kind, words in reversed(_LISTS.items()) for word in words.split()}
_KNOWN |= _MARKS
# The first that fits decides; a word must be three letters longer than its ending.
_ENDINGS = (
    (("ly",), WordClass.ADVERB),
    (("ing",), WordClass.ING),
    (("eed", "ment", "ness"), WordClass.NOUN),
    (("ed",), WordClass.PAST),
    (("ize", "ise", "yze", "yse", "ify", "ate"), WordClass.VERB),
    (
        ("ous", "ful", "ive", "able", "ible", "al", "ic", "less", "ish", "ary", "ant", "ent"),
        WordClass.ADJECTIVE,
    ),
    (("ss", "us", "is"), WordClass.NOUN),
    (("s",), WordClass.PLURAL),
)
_STEM = 3
_NOT = "n't"


def class_of(token: str) -> WordClass:
    """Return the class of a word or mark in lower case; a word of no rule is a noun.

    Words with a plain apostrophe are read by what stands before it, "n't" as an auxiliary. Time is
    constant. Closed classes as in Biber et al. 1999; endings as in Brill 1992.
    """
    known = _KNOWN.get(token)
    if known is not None:
        return known
    if token[0].isdigit():
        return WordClass.NUMBER
    head, apostrophe, _ = token.partition("'")
    if apostrophe and head:
        return WordClass.AUXILIARY if token.endswith(_NOT) else class_of(head)
    return _by_ending(token)


def _by_ending(word: str) -> WordClass:
    for endings, kind in _ENDINGS:
        if any(word.endswith(one) and len(word) >= len(one) + _STEM for one in endings):
            return kind
    return WordClass.NOUN
