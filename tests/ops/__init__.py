"""At home on a real machine: kept, brought back, looked after."""
