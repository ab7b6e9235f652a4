import Kernel

/// `BucketProof` with a bound for each owner: nobody takes all checks from all others.
public final class GuardedProof: Sendable {
    /// Checks at once for one owner.
    private static let limitEach = 2

    private let proof: BucketProof
    private let running: FairLimit

    public init(_ options: BucketProof.Options = BucketProof.Options()) {
        proof = BucketProof(options)
        running = FairLimit(options.limit, each: Self.limitEach)
    }

    /// Returns if the bucket can be used.
    /// - Parameter owner: on whose behalf, for the limits: 2 checks at once, 16 of all together.
    public func prove(_ bucket: S3Bucket, for owner: String) async throws(StorageFailure) {
        guard running.begin(owner) else { throw .busy }
        defer { running.end(owner) }
        try await proof.prove(bucket)
    }
}
