"""English words that carry grammar rather than a topic: what masking leaves standing."""

_LIST = """
    a an the this that these those some any each every either neither no none all both half many
    much more most several few fewer little less least such another other others own same one ones
    i me my mine myself we us our ours ourselves you your yours yourself yourselves he him his
    himself she her hers herself it its itself they them their theirs themselves who whom whose
    which what whatever whichever whoever somebody someone something anybody anyone anything
    nobody nothing everybody everyone everything
    be am is are was were been being have has had having do does did doing done can could may might
    must shall should will would ought need used going get gets got let lets make makes
    don't doesn't didn't isn't aren't wasn't weren't can't couldn't won't wouldn't shouldn't
    haven't
    hasn't hadn't it's that's there's here's i'm i've i'd i'll you're you've you'd you'll we're
    we've we'd we'll they're they've they'd they'll he's she's let's what's who's
    about above across after against along among around as at before behind below beneath beside
    besides between beyond by despite down during except for from in inside into like near of off
    on onto out outside over past per regarding since through throughout to toward towards under
    underneath until up upon via with within without
    and but or nor so yet if unless whether although though because while whereas when whenever
    where wherever why how than once
    not never also too very quite rather just only even still already again always often sometimes
    usually generally typically perhaps maybe here there now then thus therefore hence however
    moreover furthermore additionally instead otherwise meanwhile nevertheless finally overall
    first second third next lastly well please yes
"""
FUNCTION_WORDS = tuple(_LIST.split())
