"""How the starter models are made: text, synthetic sound, a network, a graph. `python -m speech.train hi`.

Never does: run when calls are answered; none of this, nor its packages, is needed by the hotline.
"""
