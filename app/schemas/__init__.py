"""What clients see that no pack defines: the models of answers, problems and the catalogue, for the document."""
