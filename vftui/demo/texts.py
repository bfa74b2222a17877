"""The longer things that the demo agent says.

A paragraph is one line, as a model writes it: a backslash only breaks it here.
"""

from __future__ import annotations

WELCOME = """\
Welcome to **Harbour Bikes**. I am a demo agent: nothing I say costs money, and no bike is real.

Ask me anything, press a button, or type `help` to see what I can do."""

PRICES = """\
| Bike | First hour | Each hour after | Day |
|:-----|-----------:|----------------:|----:|
| City | £4.00 | £2.00 | £14 |
| E-bike | £6.50 | £3.50 | £24 |
| Cargo | £6.00 | £3.00 | £22 |

Helmets are **free**. A late bike costs £1 for each ten minutes."""

HIRE = """\
**Pier 3** has the bikes you want:

- 2 city bikes, from £4 an hour
- 1 e-bike, battery at 82 %
- 1 cargo bike with room for two children

It closes at **20:00**. Which one would you like?"""

HOLD = """\
Done: a bike waits for you at **Pier 3** for the next ten minutes, rack 12. Hold your phone to the \
lock, wait for the blue light, and pull. Say `payment` when you want to pay."""

SLOW = (
    "The dock service took its time, and so did I: **Pier 3** has four bikes left. "
    "Look at where the seconds went: two model calls, one tool, and a wait that nobody explains."
)

WAIT = "Take your time: I will ask again after 5 seconds, if your client sends a no-reply action."

CODE_OF_THE_LOCK = "4821"
CODE_RIGHT = "That is the code: rack 12 is open, and the bike is yours."
CODE_WRONG = "You pressed {typed}, and the lock stays shut. Type `voice` to be told its code."

UNKNOWN_EVENT = (
    "The event `{name}` came in, and nothing in my script waits for it. I do know `checkout`, "
    "and the words that `help` lists."
)

FOUND_DOCK = "**{dock}** has four bikes and two free racks. It closes at **20:00**."

CODE = """\
Unlocking a bike takes one request:

```python
import httpx

def unlock(bike: str, rider: str) -> str:
    \"\"\"Open the lock and return the hire's number.\"\"\"
    answer = httpx.post(
        f"https://example.com/bikes/{bike}/unlock",
        json={"rider": rider, "minutes": 60},
    )
    answer.raise_for_status()
    return answer.json()["hire"]
```

Call `unlock("cargo-7", "ada")`; a `409` means that somebody was faster. The lock opens for \
*thirty seconds*, then it shuts again."""

LONG = """\
# A day around the harbour

You asked for the long version, so here it is: a day by bike, from the first ferry to the last \
light on the mole. Take a **city bike** if you like it quiet, an **e-bike** if you like hills.

## Morning: the old pier

Start at *Pier 3*, where the racks are green and the coffee is strong. The lane along the water \
is flat for four kilometres, and before nine you will share it with nobody but gulls and one very \
serious heron.

1. Unlock the bike and check the brakes.
2. Set the saddle so that your leg is almost straight.
3. Ride with the water on your left, as far as the red crane.

At the crane there is a viewing deck. Two flights of stairs, forty-one steps, and a view that \
people have put on tins of biscuits since 1911.

## Noon: markets and bridges

Cross the **Swing Bridge**, but look at the board first: it opens for ships at 11:40 and 12:40, \
and then you wait for a quarter of an hour. The fish market is on the other side.

| Stop | Distance | Worth it for |
|:-----|---------:|:-------------|
| Fish market | 5.2 km | smoked mackerel |
| Rope walk | 6.0 km | shade, and a long straight lane |
| Dry dock | 7.4 km | the hull of a real tea clipper |

> A bike is the only thing in this town that is faster than gossip.
> — a ferryman, on being asked for directions

If it rains, and it may, the arcade behind the rope walk has racks *under a roof*. Leave the bike \
there for as long as you like: a locked bike costs the same as a moving one, so do hurry the soup.

## Afternoon: up to the lighthouse

Now comes the only hill. It rises sixty metres in a little more than a kilometre:

- on a city bike, third gear and patience;
- on an e-bike, the middle setting (the highest one empties the battery for the way home);
- on a cargo bike with two children, a long talk about who gets out and walks.

The lighthouse keeps `51.2 kHz` for its fog signal, which you cannot hear but your dog can. The \
keeper's garden is open until five, and the bench by the wall is, by common consent, the best \
place in the county to do nothing at all.

## Evening: home along the mole

Roll down again with both hands on the brakes. The lamps on the mole are lit one by one, by hand, \
which takes eleven minutes; people stop and watch, and so should you.

Bring the bike back to **any green rack** before *20:00*. Push it in until the light turns \
blue, wait for the beep, and you are done: the bill comes by mail, and so does a picture of the \
heron, if you ask nicely.

Enjoy the ride."""

UNICODE = """\
Emoji 🚲 🧑‍🔧 👩🏽‍🚀 🏴󠁧󠁢󠁳󠁣󠁴󠁿 🇵🇹, joined ones too.
CJK: 自転車を借りたいです · 自行车租赁 · 자전거 대여
Right to left: שלום, אופניים להשכרה · مرحبا، دراجة للإيجار
Combining: Z̵̛a̴̢l̷̕g̶̀o̸ · café = cafe\u0301 · नमस्ते · ไทย
Width: ﷽ · ｆｕｌｌ · ½ · ∑ · → · “quotes” · separators [\u2028] and [\u0085]
Looks like markup: [red]not red[/red] [@click=app.quit]not a link[/] <b>not bold</b> &amp;"""

CONTROLS = (
    "Between these words are control characters, sent as raw bytes inside the JSON:\n"
    "tab\there, bell\x07here, vertical tab\x0bhere, form feed\x0chere, separators\x1c\x1d\x1ehere."
)

FALLBACKS = (
    "You said “{words}”. I am only a demo, so I made this answer up while you were reading it. "
    "A real agent would look into its knowledge base now, or call a tool. "
    "Type `help` to see what I can really do.",
    "About “{words}”: that is a good question for a bike desk on a quiet day. "
    "The tide is low, the racks at **Pier 3** are full, and the kettle is on. "
    "If you came to hire a bike, just say so.",
    "“{words}”, you say. My colleague at the rope walk would know more, but she is out with "
    "a cargo bike and two very small passengers. *I can tell you prices and opening hours*, "
    "or hand you over to a person.",
    "Let me think about “{words}” for a moment. There are four bikes left at the pier, the wind "
    "comes from the west, and none of that helps you much. Try one of the words that `help` "
    "lists, or ask me again in other words.",
)
"""What is said to anything else; `{words}` is what the person typed."""
