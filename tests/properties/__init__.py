"""What must hold of any picture and any answers: thousands of them, without a tracer,
since the examples of each rule and scorer measure the same branches."""
