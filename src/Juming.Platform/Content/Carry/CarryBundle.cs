using FluentValidation;
using Juming.Platform.Content.Format;
using Juming.Platform.Content.Keep;
using Juming.Platform.Content.Sync;
using Juming.Platform.Content.Trust;
using Juming.Platform.Handlers;

namespace Juming.Platform.Content.Carry;

/// <summary>Writes all content that is here to one file, for hosts that no link reaches.</summary>
internal sealed record ExportBundle(string File) : ICommand<ExportedBundle>, INeeds<ContentWrite>;

/// <summary>Takes content from a file; the same checks as over a link.</summary>
/// <param name="File">Path of the file, readable by this program.</param>
/// <param name="Fingerprint">Vouches for the cloud whose first root it holds, where this host trusts none yet; empty otherwise.</param>
internal sealed record ImportBundle(string File, string Fingerprint = "") : ICommand<ImportedBundle>, INeeds<ContentWrite>;

/// <summary>A bundle that was written.</summary>
internal sealed record ExportedBundle(string File, long Bytes, string Fingerprint);

/// <summary>What an import did.</summary>
/// <param name="Changed">False when all of it was here already.</param>
/// <param name="Version">Version of the timestamp that counts now.</param>
internal sealed record ImportedBundle(bool Changed, long Version);

file sealed class ExportValidator : AbstractValidator<ExportBundle>
{
    public ExportValidator() => RuleFor(c => c.File).NotEmpty().MaximumLength(4000);
}

file sealed class ImportValidator : AbstractValidator<ImportBundle>
{
    public ImportValidator()
    {
        RuleFor(c => c.File).NotEmpty().MaximumLength(4000);
        RuleFor(c => c.Fingerprint).NotNull().MaximumLength(200);
    }
}

file sealed class ExportHandler(TrustBook book, BlobShelf shelf, ContentReach reach) : ICommandHandler<ExportBundle, ExportedBundle>
{
    public async Task<Result<ExportedBundle>> Handle(ExportBundle request, CancellationToken ct)
    {
        if (await book.Now(ct) is not { Head: { } head } view) return ContentErrors.NothingYet;
        var trial = request.File + ".part";
        try
        {
            await using (var file = new FileStream(trial, FileMode.Create, FileAccess.Write))
            {
                using var bundle = new BundleWriter(file);
                await Write(bundle, view.Trusted, head, ct);
            }
            System.IO.File.Move(trial, request.File, overwrite: true);
            return new ExportedBundle(request.File, new FileInfo(request.File).Length, await book.Fingerprint(ct) ?? "");
        }
        catch (Exception e) when (e is UnauthorizedAccessException or DirectoryNotFoundException)
        {
            return ContentErrors.NoFile.With("file", request.File);
        }
        finally
        {
            System.IO.File.Delete(trial);
        }
    }

    private async Task Write(BundleWriter bundle, TrustedMetadata trusted, Links.BulkHead head, CancellationToken ct)
    {
        await bundle.Begin(ct);
        for (var version = 1L; version <= trusted.Root.Data.Version; version++)
            if (await book.Root(version, ct) is { } root) await bundle.Add(BundleEntry.Root, BundleWriter.KeyOf(version), root, ct);
        await bundle.Add(BundleEntry.Timestamp, new byte[32], head.Timestamp, ct);
        foreach (var own in head.Own) await bundle.Add(BundleEntry.Own, new byte[32], own, ct);
        foreach (var name in (await reach.Named(trusted, ct)).Order(StringComparer.Ordinal))
        {
            await using var blob = shelf.Open(Convert.FromHexString(name)) ?? throw new ContentRefusedException(ContentErrors.NothingYet);
            var bytes = new byte[blob.Length];
            await blob.ReadExactlyAsync(bytes, ct);
            await bundle.Add(BundleEntry.Blob, Convert.FromHexString(name), bytes, ct);
        }
        await bundle.End(ct);
    }
}

file sealed class ImportHandler(ContentUpdate update, TrustBook book, BlobShelf shelf, ContentDesk desk) : ICommandHandler<ImportBundle, ImportedBundle>
{
    public async Task<Result<ImportedBundle>> Handle(ImportBundle request, CancellationToken ct)
    {
        FileStream file;
        try
        {
            file = new FileStream(request.File, FileMode.Open, FileAccess.Read, FileShare.Read, 128 * 1024, useAsync: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ContentErrors.NoFile.With("file", request.File);
        }
        using var bundle = await BundleOrigin.Open(file, shelf, ct);
        if (request.Fingerprint.Length > 0) await Vouch(bundle, request.Fingerprint, ct);
        var changed = await update.Run(bundle, whole: true, ct);
        if (changed) desk.Changed();
        return new ImportedBundle(changed, book.Last!.Trusted.Timestamp!.Data.Version);
    }

    private async Task Vouch(BundleOrigin bundle, string fingerprint, CancellationToken ct)
    {
        using var turn = await book.Enter(ct);
        if (book.Last is not null || await bundle.Root(1, ct) is not { } root) return;
        var entered = new string([.. fingerprint.Where(char.IsAsciiLetterOrDigit)]).ToLowerInvariant();
        if (entered != TrustBook.FingerprintOf(root)) throw new ContentRefusedException(ContentErrors.OtherFingerprint);
        await book.Keep(TrustedMetadata.Begin(root), ct);
    }
}
