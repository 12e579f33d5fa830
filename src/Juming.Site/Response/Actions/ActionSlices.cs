using Juming.Platform.Handlers;

namespace Juming.Site.Response.Actions;

/// <summary>The actions that this site offers, for the palette.</summary>
internal sealed record ListActions : IQuery<IReadOnlyList<ActionView>>, INeeds<ResponseRead>;

/// <summary>Tries whether an action could work now, without doing anything.</summary>
internal sealed record ProbeAction(string Code) : ICommand<ProbeView>, INeeds<ResponseWrite>;

/// <summary>An action in the reader's language.</summary>
internal sealed record ActionView
{
    public required string Code { get; init; }
    public required string Group { get; init; }
    public required string Name { get; init; }

    /// <summary>What it does, whom it may hit, what proves it, when it ends, how it is undone.</summary>
    public required string Effect { get; init; }
    public required string Blast { get; init; }
    public required string Verification { get; init; }
    public required bool Changes { get; init; }
    public required bool Expires { get; init; }
    public string? Inverse { get; init; }
    public required string Permission { get; init; }
    public required IReadOnlyList<InputView> Inputs { get; init; }
    public required IReadOnlyList<string> Outputs { get; init; }
}

/// <summary>An input in the reader's language.</summary>
internal sealed record InputView(string Name, string Label, string Kind, bool Required, IReadOnlyList<string> Choices, IReadOnlyList<InputOffer> Offers);

/// <summary>What a try told.</summary>
internal sealed record ProbeView(bool Works, string Reason, IReadOnlyList<string> Lines);

file sealed class Handler(ActionBook book) : IQueryHandler<ListActions, IReadOnlyList<ActionView>>
{
    public async Task<Result<IReadOnlyList<ActionView>>> Handle(ListActions request, CancellationToken cancellationToken)
    {
        var views = new List<ActionView>();
        foreach (var action in book.All.OrderBy(a => a.Spec.Group).ThenBy(a => a.Spec.Code)) views.Add(View(action.Spec, await action.Offers(cancellationToken)));
        return Result<IReadOnlyList<ActionView>>.Of(views);
    }

    private static ActionView View(ActionSpec spec, IReadOnlyList<InputOffer> offers) => new()
    {
        Code = spec.Code,
        Group = spec.Group,
        Name = ResponseTexts.Action(spec.Code),
        Effect = ResponseTexts.Of($"action.{spec.Code}.effect"),
        Blast = ResponseTexts.Of($"action.{spec.Code}.blast"),
        Verification = ResponseTexts.Of($"action.{spec.Code}.verification"),
        Changes = spec.Changes,
        Expires = spec.Expires,
        Inverse = spec.Inverse,
        Permission = spec.Permission,
        Inputs = [.. spec.Inputs.Select(i => new InputView(i.Name, ResponseTexts.Input(i.Name), i.Kind, i.Required, i.Choices, [.. offers.Where(o => o.Input == i.Name)]))],
        Outputs = spec.Outputs,
    };
}

file sealed class ProbeHandler(ActionBook book) : ICommandHandler<ProbeAction, ProbeView>
{
    public async Task<Result<ProbeView>> Handle(ProbeAction request, CancellationToken cancellationToken)
    {
        if (book.Find(request.Code) is not { } action) return ResponseErrors.NoSuchAction;
        var plan = await action.Probe(cancellationToken);
        return new ProbeView(plan.Refusal is null, ResponseTexts.Code(plan.Refusal ?? ""), [.. plan.Lines.Select(ResponseTexts.Line)]);
    }
}
