"""The untrusted side of the wall: what is loaded into the student's kernel.

Sent in as a file tree; it imports nothing of the rest of the program, and the rest imports
nothing of it but :mod:`grader.kernel.wire`. It holds no answers, no labels of validation or
test images, and no checks: it computes what it is asked to and sends arrays back.
"""
