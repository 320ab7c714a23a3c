"""Toolkit of Yinxin: issue, seal, open and check without any server or database of ours."""
