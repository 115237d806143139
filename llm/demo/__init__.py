"""Demo content: the knowledge base of an invented shop, «Медный чайник» (Copper Kettle), and characters to talk to."""

from llm.demo.loading import load_demo_characters, load_demo_knowledge

SHOP_NAME = {"ru": "Медный чайник", "en": "Copper Kettle"}

__all__ = ["SHOP_NAME", "load_demo_characters", "load_demo_knowledge"]
