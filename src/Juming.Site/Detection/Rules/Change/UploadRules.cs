using System.Text.Json.Serialization;
using FluentValidation;
using Juming.Platform.Handlers;
using Juming.Site.Detection.Sigma;

namespace Juming.Site.Detection.Rules.Change;

/// <summary>Takes a rule file or a zip of rule files; it is checked whole before it replaces one of the same name.</summary>
internal sealed record UploadRules(string FileName, [property: JsonIgnore] byte[] Content) : ICommand<UploadOutcome>, INeeds<DetectionWrite>;

/// <summary>What an upload held.</summary>
/// <param name="Usable">Documents that can be used.</param>
/// <param name="Refused">Those that can't, the first hundred.</param>
/// <param name="RefusedCount">How many can't.</param>
internal sealed record UploadOutcome(int Usable, IReadOnlyList<UploadRefusal> Refused, int RefusedCount);

/// <summary>A document that can't be used.</summary>
internal sealed record UploadRefusal(string File, int Line, string Reason);

file sealed class Validator : AbstractValidator<UploadRules>
{
    public const int MostBytes = 64 * 1024 * 1024;

    public Validator() => RuleFor(c => c.Content).Must(c => c.Length is > 0 and <= MostBytes).WithMessage("An upload holds 1 byte to 64 MiB.");
}

file sealed class Handler(RuleBook book) : ICommandHandler<UploadRules, UploadOutcome>
{
    private const int MostUploads = 200;
    private const int MostShown = 100;

    public async Task<Result<UploadOutcome>> Handle(UploadRules request, CancellationToken cancellationToken)
    {
        if (!UploadNames.IsSound(request.FileName)) return DetectionErrors.BadFileName;
        var folder = book.Uploads;
        Directory.CreateDirectory(folder);
        var target = Path.Combine(folder, request.FileName);
        if (!File.Exists(target) && Directory.EnumerateFiles(folder).Count() >= MostUploads) return DetectionErrors.TooManyUploads.With("most", MostUploads.ToString(System.Globalization.CultureInfo.InvariantCulture));
        var trial = Path.Combine(folder, $".{Guid.CreateVersion7():N}{Path.GetExtension(request.FileName)}");
        var lists = await book.Lists(cancellationToken);
        try
        {
            await File.WriteAllBytesAsync(trial, request.Content, cancellationToken);
            var loaded = await Task.Run(() => SigmaLoader.Load([trial], lists, cancellationToken), cancellationToken);
            var usable = loaded.Rules.Count + loaded.Correlations.Count + loaded.Filters.Count;
            if (usable == 0) return DetectionErrors.NothingUsable.With("reason", loaded.Refused.Count > 0 ? loaded.Refused[0].Reason : "it holds no rule file");
            File.Move(trial, target, overwrite: true);
            await book.Reload(cancellationToken);
            var refused = loaded.Refused.Take(MostShown).Select(r => new UploadRefusal(r.File.Replace(trial, request.FileName, StringComparison.Ordinal), r.Line, r.Reason)).ToList();
            return new UploadOutcome(usable, refused, loaded.Refused.Count);
        }
        finally
        {
            File.Delete(trial);
        }
    }
}
