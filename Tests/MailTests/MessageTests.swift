import Kernel
import Mail
import Testing

@Suite struct MessageTests {
    private let date = FakeDates.morning

    @Test func `a mail is rendered by RFC 5322 and MIME`() throws {
        let message = MailMessage(
            from: try #require(Mailbox("no-reply@latchkey.example", name: "Latchkey")),
            to: try #require(Mailbox("ada@example.com", name: "Ada Lovelace, Countess")),
            subject: "Grüße", text: "Your code: 123 456\nBye.\n",
            html: "<p class=\"a\">Your code: <b>123 456</b></p>\n")
        let expected = """
            Date: Thu, 15 Jan 2026 09:00:00 +0000
            From: Latchkey <no-reply@latchkey.example>
            To: "Ada Lovelace, Countess" <ada@example.com>
            Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=
            Message-ID: <mai_1@latchkey.example>
            MIME-Version: 1.0
            Auto-Submitted: auto-generated
            Content-Type: multipart/alternative; boundary="=_mai_1"

            --=_mai_1
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: quoted-printable

            Your code: 123 456
            Bye.

            --=_mai_1
            Content-Type: text/html; charset=utf-8
            Content-Transfer-Encoding: quoted-printable

            <p class=3D"a">Your code: <b>123 456</b></p>

            --=_mai_1--

            """
        let bytes = message.bytes(id: "mai_1", date: date)
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == expected.split(separator: "\n", omittingEmptySubsequences: false)
                .joined(separator: "\r\n"))
    }

    @Test(
        arguments: [
            ("1970-01-01T00:00:00.000Z", "Thu, 01 Jan 1970 00:00:00 +0000"),
            ("1969-12-31T23:59:59.999Z", "Wed, 31 Dec 1969 23:59:59 +0000"),
            ("2000-02-29T12:34:56.789Z", "Tue, 29 Feb 2000 12:34:56 +0000"),
            ("2038-01-19T03:14:08.000Z", "Tue, 19 Jan 2038 03:14:08 +0000"),
            ("2026-11-21T19:25:00.000Z", "Sat, 21 Nov 2026 19:25:00 +0000"),
        ])
    func `a date is written by RFC 5322`(_ text: String, _ expected: String) throws {
        let date = try #require(Timestamp(rfc3339: text))
        let message = try Sample.message()
        #expect(Sample.field("Date", of: message.bytes(id: "m", date: date)) == expected)
    }

    @Test func `the same mail has the same bytes, and another id another boundary`() throws {
        let message = try Sample.message()
        let bytes = message.bytes(id: "mai_1", date: date)
        #expect(bytes == message.bytes(id: "mai_1", date: date))
        #expect(bytes != message.bytes(id: "mai_2", date: date))
    }

    @Test func `an id can't break out of its field or its parts`() throws {
        let bytes = try Sample.message().bytes(id: "x>\r\nBcc: y@z\"\r\n\r\né", date: date)
        #expect(Sample.field("Message-ID", of: bytes) == "<xBccyz@latchkey.example>")
        #expect(Sample.field("Bcc", of: bytes) == nil)
    }
}
