"""What people write to break a page. All of it is text, wherever it is shown; each runs `hacked()` where it is not."""

NASTY = {
    "script": "<script>window.hacked=1</script>",
    "picture": '<img src=x onerror="window.hacked=1">',
    "svg": "</p><svg/onload=window.hacked=1>",
    "tags": "<b>жирно</b> <i>вбок <u>вниз</b>",
    "link": '<a href="javascript:window.hacked=1">сюда</a>',
    "entities": "&lt;b&gt; &amp;amp; &quot; &#60;b&#62; &nbsp;!",
    "quotes": "\"' onmouseover=window.hacked=1 x='\" `",
    "closing": "</pre></td></title></textarea><b>",
    "end-of-script": "</script><script>window.hacked=1</script>",
    "comment": "<!-- --!><b> ]]> <![CDATA[",
    "template": "{{ 7*7 }} {% debug %} ${7*7} <%= 7*7 %>",
    "markdown": "*жирно* [сюда](javascript:window.hacked=1) `код` __x__",
    "right-to-left": "счёт \u202egnp.exe\u202c \u2067конец\u2069",
    "zero-width": "не\u200bви\u200dди\u2060мо\ufeff!",
}

#: Much of it in the room of the shortest field that people fill in.
IN_SHORT = "\"'></title></script></p><svg/onload=window.hacked=1>&lt;{{7*7}}\u202e\u200b*x*"
