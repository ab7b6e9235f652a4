import Glibc
import Kernel
import Mail
import TestSupport
import Testing

@Suite struct FileTargetTests {
    private let folder: TemporaryFolder
    private let ids = IDMinter(clock: SystemClock(), random: SystemRandom())

    init() throws { folder = try TemporaryFolder() }

    private func mail(_ id: String? = nil, _ text: String = "one") -> OutgoingMail {
        OutgoingMail(
            id: id ?? ids.make("mai_"), sender: "a@b.de", recipient: "c@d.de",
            bytes: Array(text.utf8))
    }

    private func mode(_ path: String) -> mode_t {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode & 0o7777 : 0
    }

    @Test func `a mail is a file that only its owner can read`() async throws {
        let path = folder.path + "/a/mail"
        let mail = mail()
        try await FileTarget(folder: path).deliver(mail)
        #expect(mode(path + "/\(mail.id).eml") == 0o600)
        #expect(mode(path) == 0o700)
        #expect(mode(folder.path + "/a") == 0o700)
    }

    @Test func `writing a mail twice leaves one file`() async throws {
        let target = FileTarget(folder: folder.path)
        let (first, second) = (mail(), mail())
        try await target.deliver(first)
        try await target.deliver(first)
        try await target.deliver(second)
        // A file left by a crash before the rename is overwritten.
        try folder.write(".\(second.id).tmp", Array("a longer rest of before".utf8))
        try await target.deliver(second)
        #expect(
            try folder.contents() == [
                "\(first.id).eml": first.bytes, "\(second.id).eml": second.bytes,
            ])
    }

    @Test(arguments: ["../x", "mai_", "mai_/../../x", "mai_01M7YT9ZBK9M36XHGNJ3Y31C5N/x", ""])
    func `an id that could be a path is refused`(_ id: String) async throws {
        let rule = "the mail's id must be one such as mai_01JHMZ0000000000000000000A"
        await #expect(throws: MailFailure(.permanent, rule)) {
            try await FileTarget(folder: folder.path).deliver(mail(id))
        }
        #expect(try folder.contents().isEmpty)
    }

    @Test func `a folder that can't be created is an outage with its reason`() async throws {
        try folder.write("taken", [])
        await #expect(
            throws: MailFailure(.outage, "could not open a file for mails: Not a directory")
        ) {
            try await FileTarget(folder: folder.path + "/taken").deliver(mail())
        }
        await #expect(
            throws: MailFailure(.outage, "could not create the folder for mails: Not a directory")
        ) {
            try await FileTarget(folder: folder.path + "/taken/mail").deliver(mail())
        }
    }

    @Test func `a symbolic link in place of the temporary file is not followed`() async throws {
        let mail = mail()
        let victim = try folder.write("victim", [1])
        symlink(victim, folder.path + "/.\(mail.id).tmp")
        await #expect(throws: MailFailure.self) {
            try await FileTarget(folder: folder.path).deliver(mail)
        }
        #expect(try folder.contents()["victim"] == [1])
    }
}
