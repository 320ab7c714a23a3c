"""Service of Yinxin: the bureau's register, its jobs and its endpoints. Convenience, never the source of trust."""
