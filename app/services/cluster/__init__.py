"""Past one machine: the columnar evaluator as a plain function, and Dask to carry it to many workers."""
