using Juming.Platform.Handlers;

namespace Juming.Site.Detection.Rules.Change;

/// <summary>Reads all rules anew and swaps the set.</summary>
internal sealed record ReloadRules : ICommand<Done>, INeeds<DetectionWrite>;

file sealed class Handler(RuleBook book) : ICommandHandler<ReloadRules, Done>
{
    public async Task<Result<Done>> Handle(ReloadRules request, CancellationToken cancellationToken)
    {
        await book.Reload(cancellationToken);
        return Done.Value;
    }
}
