using Juming.Platform.Handlers;

namespace Juming.Site.Detection.Rules.Change;

/// <summary>Lists the uploaded rule files, by name.</summary>
internal sealed record ListUploads : IQuery<IReadOnlyList<UploadedFile>>, INeeds<DetectionRead>;

/// <summary>Takes an uploaded rule file out of force; <see cref="RestoreUpload"/> brings it back.</summary>
internal sealed record RemoveUpload(string FileName) : ICommand<Done>, INeeds<DetectionWrite>;

/// <summary>Brings back an uploaded rule file that was removed.</summary>
internal sealed record RestoreUpload(string FileName) : ICommand<Done>, INeeds<DetectionWrite>;

/// <summary>An uploaded rule file.</summary>
internal sealed record UploadedFile(string Name, long Bytes, DateTimeOffset At);

file sealed class ListHandler(RuleBook book) : IQueryHandler<ListUploads, IReadOnlyList<UploadedFile>>
{
    public Task<Result<IReadOnlyList<UploadedFile>>> Handle(ListUploads request, CancellationToken cancellationToken)
    {
        var folder = new DirectoryInfo(book.Uploads);
        IReadOnlyList<UploadedFile> files = !folder.Exists ? [] :
            [.. folder.EnumerateFiles().Where(f => UploadNames.IsSound(f.Name)).OrderBy(f => f.Name, StringComparer.Ordinal).Select(f => new UploadedFile(f.Name, f.Length, f.LastWriteTimeUtc))];
        return Task.FromResult(Result<IReadOnlyList<UploadedFile>>.Of(files));
    }
}

file sealed class RemoveHandler(RuleBook book) : ICommandHandler<RemoveUpload, Done>
{
    public async Task<Result<Done>> Handle(RemoveUpload request, CancellationToken cancellationToken)
    {
        if (!UploadNames.IsSound(request.FileName)) return DetectionErrors.BadFileName;
        var file = Path.Combine(book.Uploads, request.FileName);
        if (!File.Exists(file)) return DetectionErrors.NoSuchUpload;
        Directory.CreateDirectory(book.RemovedUploads);
        File.Move(file, Path.Combine(book.RemovedUploads, request.FileName), overwrite: true);
        await book.Reload(cancellationToken);
        return Done.Value;
    }
}

file sealed class RestoreHandler(RuleBook book) : ICommandHandler<RestoreUpload, Done>
{
    public async Task<Result<Done>> Handle(RestoreUpload request, CancellationToken cancellationToken)
    {
        if (!UploadNames.IsSound(request.FileName)) return DetectionErrors.BadFileName;
        var file = Path.Combine(book.RemovedUploads, request.FileName);
        if (!File.Exists(file)) return DetectionErrors.NoSuchUpload;
        var target = Path.Combine(book.Uploads, request.FileName);
        if (File.Exists(target)) return DetectionErrors.UploadExists;
        File.Move(file, target);
        await book.Reload(cancellationToken);
        return Done.Value;
    }
}

/// <summary>Names that an uploaded file may have.</summary>
internal static class UploadNames
{
    /// <summary>True for a file of many files.</summary>
    public static bool IsArchive(string name) => name.EndsWith(".zip", StringComparison.OrdinalIgnoreCase);

    /// <summary>True for a plain name of a rule file: nothing that leads elsewhere.</summary>
    public static bool IsSound(string name) =>
        name.Length is > 4 and <= 120 && name[0] != '.' && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_')
        && (name.EndsWith(".yml", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".zip", StringComparison.OrdinalIgnoreCase));
}
