"""The tables, one small module per aggregate; queries live beside them in `app.store`."""
