"""The procedure: who may do what to an application and when, what an award may become, how events are chained."""
