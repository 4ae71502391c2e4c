"""申请人: people as a node that handles their case knows them; sealed at rest."""
