// Placeholder entry point until wiring lands.
int main() { return 0; }
