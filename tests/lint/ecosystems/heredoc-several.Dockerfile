FROM alpine:3.20
COPY <<ONE <<TWO /etc/
first
ONE
second
TWO
RUN cat <<A > /a && cat <<B > /b
x
A
y
B
ADD <<'RAW' /raw
$NOT_FILLED
RAW
