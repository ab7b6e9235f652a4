import EventLoop
import Foundation
import ObjectStorage
import TestSupport
import Testing

/// The check of a bucket against storage that we did not write.
@Suite(.serialized, .enabled(if: MotoServer.isInstalled, MotoServer.reason))
struct StorageProofTests {
    private static func proof(
        deadline: Int = 8_000,
        _ lookUp: @escaping @Sendable (String) -> [IPAddress] = HostLookup.addresses
    ) -> BucketProof {
        var options = BucketProof.Options()
        options.allowsPrivate = true
        options.hidesPrivate = false
        options.deadlineMilliseconds = deadline
        return BucketProof(options, lookUp: lookUp)
    }

    /// What a check ends with; nil if the bucket is good.
    private static func failure(
        _ bucket: S3Bucket, _ proof: BucketProof = proof()
    ) async -> StorageFailure? {
        do throws(StorageFailure) {
            try await proof.prove(bucket)
            return nil
        } catch {
            return error
        }
    }

    @Test func `good credentials pass, and nothing is left behind`() async throws {
        let moto = try await MotoServer()
        #expect(await Self.failure(moto.bucket(as: .good)) == nil)
        #expect(await Self.failure(moto.bucket(as: .admin)) == nil)
        #expect(try await moto.objects() == [])
    }

    @Test func `every mistake in a bucket is told from the others`() async throws {
        let moto = try await MotoServer()
        let secret = String(moto.key(.good).secret.reversed())
        #expect(await Self.failure(moto.bucket(as: .good, secret: secret)) == .signature)
        let id = "AKIAIOSFODNN7EXAMPLE"
        #expect(await Self.failure(moto.bucket(as: .good, id: id)) == .accessKey)
        #expect(await Self.failure(moto.bucket(as: .admin, bucket: "others")) == .bucket)
        #expect(try await moto.objects() == [])
    }

    @Test func `a right that is missing is named`() async throws {
        let moto = try await MotoServer()
        #expect(await Self.failure(moto.bucket(as: .reader)) == .permission(.write))
        #expect(await Self.failure(moto.bucket(as: .blind)) == .permission(.read))
        #expect(try await moto.objects() == [])
        #expect(await Self.failure(moto.bucket(as: .keeper)) == .permission(.delete))
        let left = try await moto.objects()
        #expect(left.count == 1)
        #expect(left.allSatisfy { $0.hasPrefix(".latchkey-check/") })
    }

    /// That a certificate of somebody we trust does, is tried with a process of its own
    /// (`StorageConfigTests`): nothing can be told here whom to trust.
    @Test func `over TLS, a certificate of nobody we trust is none`() async throws {
        let moto = try await MotoServer()
        let bucket = moto.bucket(as: .good, endpoint: moto.secureEndpoint)
        #expect(await Self.failure(bucket) == .tls)
        #expect(try await moto.objects() == [])
    }

    @Test func `where there is no storage, the check says what there is`() async throws {
        let moto = try await MotoServer()
        let nowhere = moto.bucket(as: .good, endpoint: "https://storage.invalid")
        #expect(await Self.failure(nowhere) == .dns)
        let closed = moto.bucket(as: .good, endpoint: "http://127.0.0.1:\(Ports.next())")
        #expect(await Self.failure(closed) == .unreachable)
        #expect(
            await Self.failure(moto.bucket(as: .good), BucketProof()) == .forbiddenAddress)

        let silent = RawServer { connection, _ in connection.pauseThread(milliseconds: 20_000) }
        for scheme in ["http", "https"] {
            let begin = Date()
            let bucket = moto.bucket(as: .good, endpoint: "\(scheme)://127.0.0.1:\(silent.port)")
            #expect(await Self.failure(bucket, Self.proof(deadline: 1_000)) == .timeout)
            // Not when the server gives up.
            #expect(Date().timeIntervalSince(begin) < 10)
        }
    }
}
