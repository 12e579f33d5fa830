using System.Text.Json.Serialization;
using FluentValidation;
using Juming.Platform.Handlers;
using Juming.Site.Detection.Rules.Change;

namespace Juming.Site.Detection.Rules.Draft;

/// <summary>Puts rules in force as a file of the site. Where one of them can't be used, nothing is kept.</summary>
/// <param name="FileName">Plain name that ends in .yml or .yaml.</param>
/// <param name="Yaml">The rules.</param>
/// <param name="IsNew">The file must not be there yet.</param>
internal sealed record SaveRule(string FileName, [property: JsonIgnore] string Yaml, bool IsNew) : ICommand<RuleVerdicts>, INeeds<DetectionWrite>;

file sealed class Validator : AbstractValidator<SaveRule>
{
    public Validator() => RuleFor(c => c.Yaml).NotNull().MaximumLength(RuleTrialSet.MostCharacters);
}

file sealed class Handler(RuleBook book, Sender sender, Platform.Access.CurrentActor current) : ICommandHandler<SaveRule, RuleVerdicts>
{
    public async Task<Result<RuleVerdicts>> Handle(SaveRule request, CancellationToken cancellationToken)
    {
        if (!UploadNames.IsSound(request.FileName) || UploadNames.IsArchive(request.FileName)) return DetectionErrors.BadFileName;
        if (request.IsNew && File.Exists(Path.Combine(book.Uploads, request.FileName))) return DetectionErrors.UploadExists;
        var trial = await RuleTrialSet.Of(book, request.FileName, request.Yaml, cancellationToken);
        if (trial.Problems.Count > 0) return DetectionErrors.Of(trial.Problems[0]);
        var taken = await sender.SendAs(current.Actor, new UploadRules(request.FileName, System.Text.Encoding.UTF8.GetBytes(request.Yaml)), cancellationToken);
        return taken.Error is { } error ? error : new RuleVerdicts(trial.Usable, []);
    }
}
