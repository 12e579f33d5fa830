using System.Globalization;
using System.Text.Json.Serialization;
using FluentValidation;
using Juming.Platform.Handlers;
using Juming.Site.Detection.Rules.Change;

namespace Juming.Site.Detection.Rules.Draft;

/// <summary>Drafts a rule of a search, or an empty one to begin with.</summary>
/// <param name="Query">In the query language of the log search; null for an empty draft.</param>
internal sealed record DraftRule(string? Query) : IQuery<RuleText>, INeeds<DetectionWrite>;

/// <summary>Reads a rule file of the site, to change it.</summary>
internal sealed record ReadRuleFile(string FileName) : IQuery<RuleText>, INeeds<DetectionWrite>;

/// <summary>Reads and compiles rules without keeping them.</summary>
/// <param name="FileName">File that they are for; an id may stand in it already.</param>
/// <param name="Yaml">The rules.</param>
internal sealed record CheckRule(string FileName, [property: JsonIgnore] string Yaml) : IQuery<RuleVerdicts>, INeeds<DetectionWrite>;

/// <summary>Rules as text.</summary>
internal sealed record RuleText(string FileName, string Yaml);

/// <summary>What was found of rules.</summary>
/// <param name="Usable">Documents that can be used.</param>
/// <param name="Problems">Why others can't be.</param>
internal sealed record RuleVerdicts(int Usable, IReadOnlyList<RuleProblem> Problems);

/// <summary>Why a document can't be used.</summary>
/// <param name="Line">Line, 1-based.</param>
/// <param name="Reason">Why, English.</param>
internal sealed record RuleProblem(int Line, string Reason);

file sealed class DraftValidator : AbstractValidator<DraftRule>
{
    public DraftValidator() => RuleFor(q => q.Query).MaximumLength(8192);
}

file sealed class CheckValidator : AbstractValidator<CheckRule>
{
    public CheckValidator() => RuleFor(q => q.Yaml).NotNull().MaximumLength(RuleTrialSet.MostCharacters);
}

file sealed class DraftHandler(TimeProvider clock) : IQueryHandler<DraftRule, RuleText>
{
    private const int MostTitle = 100;

    public Task<Result<RuleText>> Handle(DraftRule request, CancellationToken cancellationToken)
    {
        var (now, id) = (clock.GetUtcNow(), Guid.NewGuid());
        var query = request.Query?.Trim() ?? "event.action:example";
        var title = new string([.. query.Select(c => char.IsControl(c) ? ' ' : c)]);
        var yaml = RuleWriter.Write(query, title.Length > MostTitle ? title[..MostTitle] : title, id, now);
        return Task.FromResult<Result<RuleText>>(new RuleText(string.Create(CultureInfo.InvariantCulture, $"site-{now:yyyyMMdd}-{id.ToString()[..8]}.yml"), yaml));
    }
}

file sealed class ReadHandler(RuleBook book) : IQueryHandler<ReadRuleFile, RuleText>
{
    public async Task<Result<RuleText>> Handle(ReadRuleFile request, CancellationToken cancellationToken)
    {
        if (!UploadNames.IsSound(request.FileName) || UploadNames.IsArchive(request.FileName)) return DetectionErrors.NoSuchUpload;
        var file = new FileInfo(Path.Combine(book.Uploads, request.FileName));
        if (!file.Exists) return DetectionErrors.NoSuchUpload;
        // What is longer was not written here and is changed where it was.
        return file.Length > RuleTrialSet.MostCharacters ? DetectionErrors.RuleFileTooLong : new RuleText(request.FileName, await File.ReadAllTextAsync(file.FullName, cancellationToken));
    }
}

file sealed class CheckHandler(RuleBook book) : IQueryHandler<CheckRule, RuleVerdicts>
{
    public async Task<Result<RuleVerdicts>> Handle(CheckRule request, CancellationToken cancellationToken)
    {
        var trial = await RuleTrialSet.Of(book, request.FileName, request.Yaml, cancellationToken);
        return new RuleVerdicts(trial.Usable, trial.Problems);
    }
}
