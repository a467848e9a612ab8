"""How alike are these answers, and could it be chance? It has never heard of a lawsuit."""
