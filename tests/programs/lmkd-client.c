// SPDX-License-Identifier: GPL-2.0
/*
 * lmkd-client SOCKET: one connection to an lmkd, driven by lines on stdin, each
 * answered with one line:
 *
 *   send WORD...       a packet of these numbers                ok | error TEXT
 *   bytes HEX          a packet of these bytes                  ok | error TEXT
 *   flood N WORD...    the packet N times, and none is read     ok TIMES | closed
 *   receive MS         wait so long for a packet                WORD... | nothing | closed
 *
 * Begins with "ready" when it is connected. End of input ends the connection.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define MAX_BYTES 4096

static int fd;

static size_t read_words(char *text, unsigned char *packet)
{
	size_t len = 0;
	uint32_t word;
	char *number;

	for (number = strtok(text, " "); number && len + sizeof(word) <= MAX_BYTES;
	     number = strtok(NULL, " ")) {
		word = htonl(strtol(number, NULL, 0));
		memcpy(packet + len, &word, sizeof(word));
		len += sizeof(word);
	}
	return len;
}

static size_t read_bytes(const char *text, unsigned char *packet)
{
	size_t len = 0;
	unsigned int byte;

	while (len < MAX_BYTES && sscanf(text + 2 * len, "%2x", &byte) == 1)
		packet[len++] = byte;
	return len;
}

static void transmit(const void *packet, size_t len)
{
	if (send(fd, packet, len, MSG_NOSIGNAL) == (ssize_t)len)
		puts("ok");
	else
		printf("error %s\n", strerror(errno));
}

static void flood(char *text)
{
	unsigned char packet[MAX_BYTES];
	unsigned long times = strtoul(text, &text, 10), i;
	size_t len = read_words(text, packet);

	for (i = 0; i < times; i++)
		if (send(fd, packet, len, MSG_NOSIGNAL) < 0)
			break;
	if (i == times)
		printf("ok %lu\n", i);
	else
		puts("closed");
}

static void receive(int ms)
{
	struct pollfd pollfd = { .fd = fd, .events = POLLIN };
	uint32_t words[64];
	ssize_t len, i;

	if (poll(&pollfd, 1, ms) == 0) {
		puts("nothing");
		return;
	}
	len = recv(fd, words, sizeof(words), 0);
	if (len <= 0) {
		puts("closed");
		return;
	}
	for (i = 0; i < len / 4; i++)
		printf("%s%d", i ? " " : "", (int32_t)ntohl(words[i]));
	putchar('\n');
}

int main(int argc, char **argv)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	unsigned char packet[MAX_BYTES];
	char line[3 * MAX_BYTES];

	if (argc != 2 || strlen(argv[1]) >= sizeof(address.sun_path)) {
		fprintf(stderr, "usage: lmkd-client SOCKET\n");
		return 2;
	}
	strcpy(address.sun_path, argv[1]);
	fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address))) {
		perror(argv[1]);
		return 1;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	puts("ready");
	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = '\0';
		if (!strncmp(line, "send", 4))
			transmit(packet, read_words(line + 4, packet));
		else if (!strncmp(line, "bytes", 5))
			transmit(packet, read_bytes(line + 6, packet));
		else if (!strncmp(line, "flood ", 6))
			flood(line + 6);
		else if (!strncmp(line, "receive ", 8))
			receive(atoi(line + 8));
		else
			printf("error what is '%s'?\n", line);
	}
	return 0;
}
