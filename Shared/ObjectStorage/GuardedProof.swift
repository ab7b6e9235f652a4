import Kernel

/// `BucketProof` with a limit for each owner, so that one owner can't use up all checks.
public final class GuardedProof: Sendable {
    /// Concurrent checks of one owner.
    private static let limitEach = 2

    private let proof: BucketProof
    private let running: FairLimit

    public init(_ options: BucketProof.Options = BucketProof.Options()) {
        proof = BucketProof(options)
        running = FairLimit(options.limit, each: Self.limitEach)
    }

    /// Returns if the bucket can be used.
    /// - Parameter owner: on whose behalf: each can have 2 concurrent checks, all together 16.
    public func prove(_ bucket: S3Bucket, for owner: String) async throws(StorageFailure) {
        guard running.begin(owner) else { throw .busy }
        defer { running.end(owner) }
        try await proof.prove(bucket)
    }
}
