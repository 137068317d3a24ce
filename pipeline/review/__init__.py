"""The review page: a small web server where analysts go through the rows beside their source.

One page is one module in :mod:`pipeline.review.pages`, one template, and one line in ``PAGES`` there.
"""
