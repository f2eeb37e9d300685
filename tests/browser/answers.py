"""Texts of answers for the tests of how they are drawn."""

# ruff: noqa: E501 (texts and scripts of the page)
from __future__ import annotations

EVERYTHING = r"""Heat pumps move heat instead of making it, which is why **one** kilowatt hour of electricity becomes *three or four* of heat.[^cop] The price fell from $5 to $10 a watt, ~~or so they say~~, while $\eta = 1 - T_c / T_h$ and \(\alpha_1 \le \beta\) are `formulas` with a [link](https://example.org/ "Example").

## The rule of thumb

The seasonal factor decides; [the data sheets][sheets] state it, and the fine print matters too.[^print] Cited again here.[^cop]

$$
Q = \int_{0}^{8760} \dot m\, c_p \,\bigl(T_\mathrm{out}(t) - T_\mathrm{in}(t)\bigr)\,dt
$$

### Still to do

- [x] Read the data sheets
- [ ] Ask for the *third* offer, where $x^2 > 4$
- [ ] Compare
  - price
  - noise at night
    1. at three metres
    2. at the neighbours'

1. Read the file.

   It has a second paragraph.
2. Write it back.

> What is measured gets managed.
>
> > And what is quoted stands inside.

| Offer | Noise at night | Price |
| :--- | :---: | ---: |
| Nordlund | 38 dB(A) | 11,480 € |
| Aerotherm | 32 dB(A) at \(3\,\mathrm{m}\) | 12,900 € |

```python
from dataclasses import dataclass

@dataclass
class Pump:
    '''A heat pump and what it costs.'''
    name: str
    factor: float = 3.5

    def cost(self, kwh: int) -> float:
        return round(kwh / self.factor * 0.289, 2)  # euros a year, at the tariff of the contract of March
```

```mermaid
flowchart LR
  A[Outside air] --> B(Evaporator) --> C{Compressor}
  C -->|hot| D[Condenser] --> E[House]
```

هذه فقرة عربية فيها كلمة English ورقم 42، وتقرأ من اليمين إلى اليسار.

- عنصر أول
- عنصر ثان

A broken formula $\frac{1}{$ shows its source, and a picture stays away: ![a cat](https://pictures.example/cat.png)

[^cop]: The *coefficient of performance*, `COP`.
[^print]: Under the table.

    With a second paragraph.

[sheets]: https://example.org/sheets
"""

# Each has something that a later line changes or that pieces cut through.
TRICKY = [
    EVERYTHING,
    "para\n***bold*** more\n***\nend\n- - -\n* a\n* b\n\n* loose\n\nend",
    "# H\ntext\n===\n\nfoo\n---\n| a | b |\n|---|:-:|\n| 1 | 2 |\n| 3\nrow\n\nafter",
    "text\n| a |\n|--\n| b |\n\n| a |\n|-- x\n\n|a|b|\n|--|\n",
    "- a\n- b\n  - c\n\n    d\n- e\n\n  ```py\n  x = 1\n\n  y = 2\n  ```\n- f\n\n1. a\n2. b\n3) c\n",
    "````md\n```py\nx\n```\n````\n\n~~~\nunclosed ``` fence\nmore\n",
    "See [a] and [b][] and [c][d] and ![p][a].\n\nmore [d]\n\n[a]: https://a.example 'title'\n[b]: <https://b.example>\n"
    '[d]: https://d.example\n  "t"\n[e]: javascript:alert(1)\n\n[e] end',
    "ref[^a] and[^b] and[^a] ^[inline *note*].\n\n- item[^c]\n\n[^b]: B\n[^a]: A\n    continued\n\n    second with [^d]\n"
    "[^c]: C\n\nafter\n\n[^d]: D\n[^none]: never referred to",
    "$$\na\n= b\n- c\n$$\n\ntext\n$$\nunclosed\n\nnext $$x$$ inline \\[ y \\] and \\( z \\)\n\\[\nq\n\\]\nend\n\n$$ broken\n- list\n",
    "costs $5 and $10, or $5 million and 10$ x; $x$ and $y_1$ b$ c; \\$5 $a\\$b$ $ a $ US$5 US$6",
    "<b>html</b> & <script>x</script> &amp; &lt; <https://a.example> https://b.example/x_y_z\n\n<div>\n\n*a*\n\n</div>\n",
    "> a\nb\n> c\n\n> d\n>\n> - e\n> - f\n\nend\n\n> $$\n> x\n> $$\n",
    "    indented\n\n    code\n\npara\n\n\tcode\nend\r\nwindows\r\n\r\n- a\r\n- b\r\n",
    "- [ ] a\n- [x] b\n- [ ]\n- [y] c\n\n\n- [X] loose\n\n  p\n1. [ ] n\n",
    "**a *b **c *d `e` [f *g](https://x.example) ~~h~~ **\n\n*** a\n___\n",
    "a\n\n```mermaid\nflowchart LR\n A-->B\n```\n\n```mermaid\npie\n",
    "title\n=\n\n- a\n-\n- c\n10. x\n\n+ z\n\n\n\n\n text \\\nhard  \nbreak\n",
    "| a | b |\n|---|---|\n" + "".join(f"| {i} | *x{i}* |\n" for i in range(40)),
    "- " + "\n- ".join(f"item {i} with *words*" for i in range(60)),
    "> > > deep\n" + "".join(f"{'  ' * i}* n{i}\n" for i in range(40)) + "\nend",
    "```js\n" + "const a = { b: 1 };\n" * 45 + "```\n\nand after",
    "".join(f"Paragraph {i} of a long answer, with a note.[^n]\n\n" for i in range(400)) + "[^n]: The note.",
]
