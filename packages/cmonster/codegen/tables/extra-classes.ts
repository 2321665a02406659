// Kinds that Clang has no class for, only a value made on the way: their classes, over the columns that the frontend
// fills for them. Name → members in TypeScript, with the classes they mention.

export interface ExtraClass {
  see: string;
  unions: string[];
  body: string;
}

export const extraClasses: Record<string, ExtraClass> = {
  GenericAssociation: {
    see: 'clang::GenericSelectionExpr::AssociationTy',
    unions: ['AnyExpr', 'AnyType'],
    body: `
  /** Whether this is the association that was chosen. */
  isSelected(): boolean {
    return this.flag(0);
  }

  /** \`default:\` has no type. */
  isDefault(): boolean {
    return !this.flag(1);
  }

  get type(): AnyType | undefined {
    return (this.typeColumn() ?? undefined) as unknown as AnyType | undefined;
  }

  get associationExpr(): AnyExpr {
    return this.childAt(this.childCount - 1) as unknown as AnyExpr;
  }
`,
  },
};
