using System.Globalization;
using FluentValidation;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Ssh.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Ssh.Commands;

/// <summary>Takes in a template of the site's own, or a newer version of one; faulty ones are refused with line and reason. Answers its name.</summary>
internal sealed record KeepCommand(string Yaml) : ICommand<string>, INeeds<SshTemplates>;

/// <summary>Puts a template of the site's own away. Effects that it had can still be taken back.</summary>
internal sealed record RetireCommand(string Name) : ICommand<Done>, INeeds<SshTemplates>;

file sealed class Validator : AbstractValidator<KeepCommand>
{
    public Validator() => RuleFor(c => c.Yaml).NotEmpty().MaximumLength(100_000);
}

file sealed class Handler(SshDb db, CurrentActor current, TimeProvider clock) : ICommandHandler<KeepCommand, string>, ICommandHandler<RetireCommand, Done>
{
    public async Task<Result<string>> Handle(KeepCommand request, CancellationToken cancellationToken)
    {
        var (template, faults) = TemplateReader.Read(request.Yaml);
        if (template is null) return SshErrors.TemplateFaulty.With("line", faults[0].Line.ToString(CultureInfo.InvariantCulture)).With("reason", faults[0].Reason).With("count", faults.Count.ToString(CultureInfo.InvariantCulture));
        if (TemplateShelf.Shipped.ContainsKey(template.Id)) return SshErrors.ShippedName.With("name", template.Id);
        var before = await db.Templates.Where(t => t.Name == template.Id).ToListAsync(cancellationToken);
        if (before.Any(t => t.Version >= template.Version)) return SshErrors.OldVersion.With("name", template.Id).With("version", before.Max(t => t.Version).ToString(CultureInfo.InvariantCulture));
        foreach (var old in before) old.Retired = true;
        db.Add(new TemplateRow { Name = template.Id, Version = template.Version, Yaml = request.Yaml, By = current.Actor.Name, At = clock.GetUtcNow() });
        await db.SaveChangesAsync(cancellationToken);
        return template.Id;
    }

    public async Task<Result<Done>> Handle(RetireCommand request, CancellationToken cancellationToken)
    {
        if (TemplateShelf.Shipped.ContainsKey(request.Name)) return SshErrors.CannotRetire;
        if (await db.Templates.FirstOrDefaultAsync(t => t.Name == request.Name && !t.Retired, cancellationToken) is not { } row) return SshErrors.NoSuchCommand;
        row.Retired = true;
        await db.SaveChangesAsync(cancellationToken);
        return Done.Value;
    }
}
