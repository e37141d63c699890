"""The hotline's voice: makes and checks the sounds of audio_prompts/. For developers and translators; needs
requirements-voice.txt.

Never does: run while calls are answered. The web process and the workers import nothing from here.
"""
