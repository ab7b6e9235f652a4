import Kernel
import ObjectStorage

/// Buckets that speak Amazon's S3 protocol.
struct S3Storage: Buckets {
    /// Whether this machine has what checks take.
    static var isPossible: Bool { BucketProof.isPossible }

    private let proof: GuardedProof

    init(_ settings: OrganizationsSettings) {
        var options = BucketProof.Options()
        options.allowsPrivate = settings.allowsPrivateStorage
        proof = GuardedProof(options)
    }

    func prove(_ bucket: Bucket, secret: String, for userId: String) async throws(Fault) {
        let bucket = S3Bucket(
            endpoint: bucket.endpoint, bucket: bucket.name, region: bucket.region,
            accessKeyId: bucket.accessKeyId, secretAccessKey: secret)
        do throws(StorageFailure) {
            try await proof.prove(bucket, for: userId)
        } catch {
            throw Fault(error)
        }
    }
}

extension Fault {
    /// 422 at the member that is to be changed; 503 for what has nothing to do with the bucket.
    init(_ failure: StorageFailure) {
        if failure == .busy || failure == .unavailable {
            self.init(.unavailable, code: failure.code, failure.detail, retryAfter: 1)
        } else {
            self.init(
                .invalid, code: failure.code, failure.detail,
                fields: failure.field.map { [Field($0, failure.detail)] } ?? [])
        }
    }
}
