"""
English words whose forms a stemmer cannot reduce to one stem: `bought`, `children`.

A caller speaks of the past, `I bought it`; the agent asks with the infinitive, `When did they buy it?`. A stemmer only
removes endings.
"""

# The first word of each group replaces the others.
_GROUPS = """
    bad worse worst, bear bore born, become became, begin began begun, bend bent, bind bound, bite bit bitten,
    bleed bled, blow blew blown, break broke broken, breed bred, bring brought, build built, burn burnt, buy
    bought, catch caught, child children, choose chose chosen, come came, creep crept, deal dealt, dig dug, draw
    drew drawn, dream dreamt, drink drank drunk, drive drove driven, eat ate eaten, fall fell fallen, feed fed,
    feel felt, fight fought, find found, fling flung, fly flew flown, foot feet, forget forgot forgotten,
    forgive forgave forgiven, freeze froze frozen, get got gotten, give gave given, go went gone, good better
    best, goose geese, grind ground, grow grew grown, half halves, hang hung, hear heard, hide hid hidden, hold
    held, keep kept, kneel knelt, knife knives, know knew known, lay laid, lead led, leaf leaves, learn learnt,
    leave left, lend lent, lie lain, life lives, light lit, lose lost, make made, man men, mean meant, meet met,
    mistake mistook mistaken, mouse mice, overcome overcame, pay paid, person people, ride rode ridden, ring
    rang rung, rise rose risen, run ran, say said, see saw seen, seek sought, self selves, sell sold, send sent,
    sew sewn, shake shook shaken, shelf shelves, shine shone, shoot shot, show shown, shrink shrank shrunk, sing
    sang sung, sink sank sunk, sit sat, sleep slept, speak spoke spoken, speed sped, spell spelt, spend spent,
    spill spilt, spin spun, spring sprang sprung, stand stood, steal stole stolen, stick stuck, stink stank,
    strike struck, swear swore sworn, sweep swept, swim swam swum, swing swung, take took taken, teach taught,
    tear tore torn, tell told, think thought, throw threw thrown, tooth teeth, undergo underwent undergone,
    understand understood, wake woke woken, wear wore worn, weep wept, wife wives, win won, wind wound, withdraw
    withdrew withdrawn, woman women, write wrote written
"""
BASE_FORMS = {
    "en": {form: base for base, *forms in map(str.split, _GROUPS.split(",")) for form in forms},
}
