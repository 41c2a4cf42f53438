"""Awards without application: the register matched against a policy, what is offered, and the answers."""
