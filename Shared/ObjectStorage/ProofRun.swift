import EventLoop
import Kernel

/// One check of a bucket: write, read, delete. Blocks, up to its deadline.
struct ProofRun {
    /// The folder of all checks' objects, so that users know what a remaining one is.
    static let folder = ".latchkey-check/"

    let bucket: S3Bucket
    let endpoint: HTTPOrigin
    let connection: S3Connection
    let clock: any Clock
    let name: String
    /// ASCII.
    let content: String
    /// For writing and reading; the time until `end` is for deleting.
    let deadline: Ticks
    let end: Ticks

    func failure() -> StorageFailure? {
        let (writing, mayExist) = write()
        // Without an object there is nothing to read.
        let reading = writing == nil ? read() : nil
        let deleting = mayExist ? delete() : nil
        return writing ?? reading ?? deleting
    }

    /// - Returns: what failed, and whether an object may exist now.
    private func write() -> (StorageFailure?, mayExist: Bool) {
        do throws(S3Connection.Failure) {
            let answer = try exchange("PUT", content, until: deadline)
            let failure = answer.failure(at: .write)
            // After a refusal there is no object; after a server error there may be.
            return (failure, failure == nil || answer.status >= 500)
        } catch {
            return (error.cause, error.mayHaveHappened)
        }
    }

    private func read() -> StorageFailure? {
        do throws(S3Connection.Failure) {
            let answer = try exchange("GET", until: deadline)
            if let failure = answer.failure(at: .read) { return failure }
            return answer.body == Array(content.utf8)
                ? nil : .unexpected(status: answer.status, code: nil)
        } catch {
            return error.cause
        }
    }

    private func delete() -> StorageFailure? {
        do throws(S3Connection.Failure) {
            return try exchange("DELETE", until: end).failure(at: .delete)
        } catch {
            return error.cause
        }
    }

    private func exchange(
        _ method: String, _ body: String = "", until deadline: Ticks
    ) throws(S3Connection.Failure) -> S3Answer {
        let path = "/\(bucket.bucket)/\(Self.folder)\(name)"
        var fields = [(name: "host", value: endpoint.authority)]
        if !body.isEmpty { fields.append(("content-type", "application/octet-stream")) }
        let signer = SignatureV4(
            accessKeyId: bucket.accessKeyId, secretAccessKey: bucket.secretAccessKey,
            region: bucket.region)
        let request = SignatureV4.Request(
            method: method, path: path, fields: fields, body: Array(body.utf8))
        return try connection.exchange(
            method, path: SignatureV4.encode(path, keeping: "/"),
            fields: signer.sign(request, at: clock.now()), body: body, until: deadline)
    }
}
