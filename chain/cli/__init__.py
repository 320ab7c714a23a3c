"""The ``yinxin`` command. One file a noun; ``main`` puts them together, ``common`` holds what all share."""
