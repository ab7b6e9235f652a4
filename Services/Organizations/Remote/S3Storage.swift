import Kernel
import ObjectStorage

/// Buckets with Amazon's S3 protocol.
struct S3Storage: Buckets {
    /// Whether this machine has what checks need.
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
