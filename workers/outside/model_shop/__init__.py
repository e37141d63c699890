"""Speech models from outside: what there is, what lies on this machine, how one is fetched, tried and put to use.

official: the facts of the official models. shelf: models on this machine and which is in use. listing: the makers'
list with checksums. download, unpack: from their site to a folder. trial: how well a model hears.
Never does: anything while calls are prepared; only `./hotline models` comes here.
"""

from workers.outside.model_shop.faults import ShopFault

__all__ = ["ShopFault"]
